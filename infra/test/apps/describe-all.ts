import { STAGES } from '../../config/schema.ts';
import { Platform } from '../platform.ts';

/** Writes the templates of every stage of the sample tenant into a folder, for what checks templates: `describe-all.ts FOLDER`. */
new Platform(STAGES, undefined, undefined, 'gradual', process.argv[2]).app.synth();
