import { synthesize } from '../../lib/validation.ts';
import { type Broken, violating } from './violating.ts';

/** For the CDK's command line: `synth-violating.ts nag`. */
synthesize(violating(process.argv[2] as Broken));
