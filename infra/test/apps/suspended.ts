import { App } from 'aws-cdk-lib';
import { acme } from '../../config/tenants/acme.ts';
import { calendarInviteServer } from '../../lib/calendar-invite-server.ts';
import { synthesize } from '../../lib/validation.ts';
import { BUNDLE, functions } from '../platform.ts';

/** The sample tenant, suspended on the local stage, as its file would say it. */
const app = new App();
calendarInviteServer(app, {
  tenants: [{ ...acme, stages: { local: { ...acme.stages.local, suspended: true } } }],
  functions,
  bundle: process.env.CIS_LAMBDA_ASSET ?? BUNDLE,
  stages: ['local'],
});
synthesize(app);
