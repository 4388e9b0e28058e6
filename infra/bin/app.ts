import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { tenants } from '../config/tenants.ts';
import { DEFAULT_BUNDLE } from '../lib/bundle.ts';
import { calendarInviteServer, chosenRelease, chosenStages } from '../lib/calendar-invite-server.ts';
import { readFunctions } from '../lib/functions.ts';
import { synthesize } from '../lib/validation.ts';

const root = new URL('../../', import.meta.url);
const app = new App();

calendarInviteServer(app, {
  tenants,
  functions: readFunctions(new URL('lambdas/functions.json', root)),
  bundle: process.env.CIS_LAMBDA_ASSET ?? fileURLToPath(new URL(DEFAULT_BUNDLE, root)),
  stages: chosenStages(app.node.tryGetContext('stage')),
  release: chosenRelease(app.node.tryGetContext('release')),
});

synthesize(app);
