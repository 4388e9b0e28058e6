import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const infra = fileURLToPath(new URL('..', import.meta.url));

/** A plain `cdk synth`, which by itself looks at no stack inside a stage. */
function synth(breaks: string): Promise<{ status: number; output: string }> {
  const out = mkdtempSync(join(tmpdir(), 'cdk-out-'));
  const app = 'node --import tsx test/apps/violating.ts';
  return new Promise((done) => {
    const cdk = execFile(
      join(infra, 'node_modules/.bin/cdk'),
      ['synth', '--quiet', '--app', app, '--output', out, '-c', `breaks=${breaks}`],
      { cwd: infra, env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true' } },
      (_error, stdout, stderr) => {
        rmSync(out, { recursive: true });
        done({ status: cdk.exitCode ?? -1, output: stdout + stderr });
      },
    );
  });
}

describe('the build', () => {
  it('passes when no rule is broken', async () => {
    const { status, output } = await synth('nothing');
    expect(status, output).toBe(0);
  });

  it('fails on what cdk-nag finds inside a stage', async () => {
    const { status, output } = await synth('nag');
    expect(output).toContain('error AwsSolutions AwsSolutions-SNS3 at broken/stack/WithoutTls/Resource');
    expect(status).toBe(1);
  });

  it('fails on a template that CloudFormation would not take', async () => {
    const { status, output } = await synth('template');
    expect(output).toMatch(/error CloudFormation Validate \S+ at broken\/stack\/TooLong/);
    expect(status).toBe(1);
  });
});
