import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { synthesize } from '../lib/validation.ts';
import { type Broken, violating } from './apps/violating.ts';

const infra = fileURLToPath(new URL('..', import.meta.url));

/** A plain `cdk synth`, which by itself looks at no stack inside a stage. */
function synth(breaks: Broken): Promise<{ status: number; output: string }> {
  const out = mkdtempSync(join(tmpdir(), 'cdk-out-'));
  const app = `node --import tsx test/apps/synth-violating.ts ${breaks}`;
  return new Promise((done) => {
    const cdk = execFile(
      join(infra, 'node_modules/.bin/cdk'),
      ['synth', '--quiet', '--app', app, '--output', out],
      { cwd: infra, env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true' } },
      (_error, stdout, stderr) => {
        rmSync(out, { recursive: true });
        done({ status: cdk.exitCode ?? -1, output: stdout + stderr });
      },
    );
  });
}

/** What the app itself says and ends with, in this process: loading the rules of CloudFormation is most of the work. */
function end(breaks: Broken): { status: unknown; output: string } {
  let output = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    output += text;
    return true;
  });
  synthesize(violating(breaks));
  return { status: process.exitCode, output };
}

describe('the app', () => {
  const before = process.exitCode;
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = before;
  });

  it('ends well when no rule is broken', () => {
    expect(end('nothing')).toEqual({ status: before, output: '' });
  });

  it('ends with an error on what cdk-nag finds inside a stage', () => {
    const { status, output } = end('nag');
    expect(output).toContain('error AwsSolutions AwsSolutions-SNS3 at broken/stack/WithoutTls/Resource');
    expect(status).toBe(1);
  });

  it('ends with an error on a template that CloudFormation would not take', () => {
    const { status, output } = end('template');
    expect(output).toMatch(/error CloudFormation Validate \S+ at broken\/stack\/TooLong/);
    expect(status).toBe(1);
  });
});

describe('cdk synth', () => {
  it('fails where the app does', async () => {
    const { status, output } = await synth('nag');
    expect(output).toContain('error AwsSolutions AwsSolutions-SNS3 at broken/stack/WithoutTls/Resource');
    expect(status).toBe(1);
  });
});
