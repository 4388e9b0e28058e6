import { STAGES } from '../../config/schema.ts';
import { eitherWayIn, Platform } from '../platform.ts';

/** Writes the templates of every stage of the sample tenant, by either way in into a folder, for what checks templates: `describe-all.ts FOLDER`. */
new Platform(STAGES, [eitherWayIn], undefined, 'gradual', process.argv[2]).app.synth();
