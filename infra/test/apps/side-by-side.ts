import { App } from 'aws-cdk-lib';
import { acme } from '../../config/tenants/acme.ts';
import { calendarInviteServer } from '../../lib/calendar-invite-server.ts';
import { synthesize } from '../../lib/validation.ts';
import { BUNDLE, functions, renamed } from '../platform.ts';

/** Two tenants in one account, for attacks of one on the other: the sample tenant and its twin of another name. */
const app = new App();
calendarInviteServer(app, {
  tenants: [acme, renamed(acme, 'globex')],
  functions,
  bundle: process.env.CIS_LAMBDA_ASSET ?? BUNDLE,
  stages: ['local'],
});
synthesize(app);
