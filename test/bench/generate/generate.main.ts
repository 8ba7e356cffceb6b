import { changeTree } from './change';
import { contentFrom } from './content';
import { randomFrom } from './random';
import { sizes, type SizeName } from './sizes';
import { makeTree } from './tree';

/**
 * Runs in a container with the volume mounted (`referenceVolume.ts`): `make ROOT SIZE` fills an empty volume,
 * `change ROOT SIZE NUMBER` makes change number N and prints what it touched as JSON.
 */
const [, action, root = '', sizeName, number = ''] = process.argv;
const size = sizes[sizeName as SizeName];
const content = contentFrom(randomFrom('volumes for docker'), size.pool);
const random = randomFrom(`${action} ${number}`);

if (action === 'make') makeTree(root, size, content, random);
else console.log(JSON.stringify(changeTree(root, size, content, random, Number(number))));
