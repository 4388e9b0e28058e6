import { App, Stack, Stage } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { calendarInviteServer } from '../../lib/calendar-invite-server.ts';
import { BUNDLE, context, eitherWayIn, functions } from '../platform.ts';

export type Broken = 'nothing' | 'nag' | 'template';

/** The real app with one thing in a stage that breaks a rule; it ends as it does under the CDK's command line. */
export function violating(breaks: Broken): App {
  const app = new App({ context: { ...context, '@aws-cdk/core:appMode': 'process' } });
  calendarInviteServer(app, { tenants: [eitherWayIn], functions, bundle: BUNDLE, stages: ['local', 'staging'] });
  const stack = new Stack(new Stage(app, 'broken'), 'stack');
  new Topic(stack, 'Sound', { enforceSSL: true });
  switch (breaks) {
    case 'nag':
      new Topic(stack, 'WithoutTls', { enforceSSL: false });
      break;
    case 'template':
      new CfnFunction(stack, 'TooLong', {
        code: { zipFile: 'x' },
        handler: 'index.handler',
        role: 'arn:aws:iam::000000000000:role/none',
        runtime: 'nodejs24.x',
        timeout: 901,
      });
  }
  return app;
}
