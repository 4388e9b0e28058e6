import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly conclusion: 'success' | 'failure';
    readonly violations: readonly {
      readonly ruleName: string;
      readonly description: string;
      readonly severity: string;
      readonly violatingConstructs: readonly { readonly constructPath?: string }[];
    }[];
  }[];
}

/**
 * Writes the templates and ends with an error if cdk-nag or the template validation found one. The CDK CLI alone does
 * not: it passes over findings in stacks it was not asked for, and those inside a Stage are such for a plain `cdk synth`.
 */
export function synthesize(app: App): void {
  const violations = violationsIn(app.synth().directory);
  if (violations.length === 0) return;
  process.stderr.write(`\nThe templates break rules:\n${violations.join('\n')}\n`);
  process.exitCode = 1;
}

function violationsIn(assembly: string): string[] {
  const report = JSON.parse(readFileSync(join(assembly, 'validation-report.json'), 'utf8')) as Report;
  return report.pluginReports
    .filter(({ conclusion }) => conclusion === 'failure')
    .flatMap(({ pluginName, violations }) =>
      violations.flatMap(({ ruleName, description, severity, violatingConstructs }) =>
        violatingConstructs.map(
          ({ constructPath }) =>
            `  ${severity} ${pluginName} ${ruleName} at ${constructPath ?? 'the template'}: ${description}`,
        ),
      ),
    );
}
