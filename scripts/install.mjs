// @ts-check
import { installDependencies } from './dependencies.mjs';

await installDependencies();
