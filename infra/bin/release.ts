import { App } from 'aws-cdk-lib';
import { releases } from '../config/releases.ts';
import { tenants } from '../config/tenants.ts';
import { releasing } from '../lib/releasing.ts';
import { synthesize } from '../lib/validation.ts';

const app = new App();

releasing(app, { releases, tenants });

synthesize(app);
