import * as path from 'node:path';
import type { Tls } from './endpoint';
import type { Surroundings } from './surroundings';

/** ca.pem, cert.pem and key.pem of a folder; what is missing is left to the system's own trust. */
export async function readTls(folder: string, readFile: Surroundings['readFile']): Promise<Tls> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readFile(path.join(folder, name))),
  );
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}
