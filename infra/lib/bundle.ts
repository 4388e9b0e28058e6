import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Architecture, Code } from 'aws-cdk-lib/aws-lambda';

/** Where `scripts/build` puts the one binary for AWS, seen from the repository's root. */
export const DEFAULT_BUNDLE = 'target/lambda/lambdas-arm64.zip';

const ELF_MACHINES = new Map([
  [0x3e, Architecture.X86_64.name],
  [0xb7, Architecture.ARM_64.name],
]);

/**
 * The functions' code: a directory holding `bootstrap`, or a zip of it. Describing stacks never compiles, so a missing
 * bundle is an error that says what to do, as is one built for another processor.
 */
export function bundleAt(path: string, architecture: Architecture): Code {
  const place = resolve(path);
  const binary = place.endsWith('.zip') ? place : join(place, 'bootstrap');
  if (!existsSync(binary)) {
    throw new Error(
      `No functions to deploy: ${binary} does not exist. Build them first (scripts/build), or name the ` +
        'directory or zip in CIS_LAMBDA_ASSET.',
    );
  }
  const built = ELF_MACHINES.get(elfMachine(binary));
  if (built && built !== architecture.name) {
    throw new Error(
      `${binary} was built for ${built}, but this stage runs on ${architecture.name}. Build for that processor, or ` +
        'choose the stage with `-c stage=…`.',
    );
  }
  // A directory is the asset itself; only `bootstrap` belongs to it.
  return Code.fromAsset(place, statSync(place).isDirectory() ? { exclude: ['*', '!bootstrap'] } : {});
}

/** The ELF header's machine number; 0 where the file is none (a zip, a script). */
function elfMachine(file: string): number {
  const header = Buffer.alloc(20);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, header, 0, header.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return header.subarray(0, 4).toString('latin1') === '\x7fELF' ? header.readUInt16LE(18) : 0;
}
