// Says whether a file is a valid description of an interface, by the schema of its own version.
//     node --input-type=module - FILE < validate.mjs
import { Validator } from '@seriousme/openapi-schema-validator';

const validator = new Validator();
const { valid, errors } = await validator.validate(process.argv[2]);
process.stdout.write(`${JSON.stringify({ valid, errors, version: validator.version })}\n`);
