import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { bundleAt } from '../lib/bundle.ts';
import { BUNDLE } from './platform.ts';

/** A directory with the first bytes of a program for the processor of this ELF number. */
const programFor = (machine: number): string => {
  const directory = mkdtempSync(join(tmpdir(), 'bundle-'));
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 'latin1');
  header.writeUInt16LE(machine, 18);
  writeFileSync(join(directory, 'bootstrap'), header);
  return directory;
};

describe('the bundle of the functions', () => {
  it('is asked for, with what to do, when it is missing', () => {
    expect(() => bundleAt('/nowhere/at-all', Architecture.ARM_64)).toThrow(
      'No functions to deploy: /nowhere/at-all/bootstrap does not exist. Build them first',
    );
    expect(() => bundleAt('/nowhere/functions.zip', Architecture.ARM_64)).toThrow(
      '/nowhere/functions.zip does not exist',
    );
  });

  it('is refused when it was built for another processor than the stage has', () => {
    expect(() => bundleAt(programFor(0x3e), Architecture.ARM_64)).toThrow(
      'was built for x86_64, but this stage runs on arm64',
    );
    expect(() => bundleAt(programFor(0xb7), Architecture.X86_64)).toThrow('was built for arm64');
  });

  it('is taken when it fits', () => {
    expect(bundleAt(programFor(0xb7), Architecture.ARM_64)).toBeDefined();
    expect(bundleAt(BUNDLE, Architecture.X86_64)).toBeDefined();
  });
});
