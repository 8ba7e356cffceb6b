import * as dns from 'node:dns/promises';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';

/** What the search for an engine looks at: parameters, so that tests can be any machine. */
export interface Surroundings {
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  /** Undefined on Windows. */
  uid: number | undefined;
  gids: number[];
  userName: string;
  /** Text of a file, undefined when it does not exist or cannot be read. */
  readFile: (path: string) => Promise<string | undefined>;
  /** Names in a folder; none when it does not exist or cannot be read. */
  namesIn: (folder: string) => Promise<string[]>;
  /** Group that owns a file, undefined when it cannot be seen. */
  groupOf: (path: string) => Promise<number | undefined>;
  /** Addresses of a host; none when its name is not known. */
  addressesOf: (host: string) => Promise<string[]>;
}

export function thisMachine(): Surroundings {
  const { username } = os.userInfo();
  return {
    platform: process.platform,
    env: process.env,
    home: os.homedir(),
    uid: process.getuid?.(),
    gids: process.getgroups?.() ?? [],
    userName: username,
    readFile: (path) => fs.readFile(path, 'utf8').catch(() => undefined),
    namesIn: (folder) => fs.readdir(folder).catch(() => []),
    groupOf: (path) =>
      fs.stat(path).then(
        (stat) => stat.gid,
        () => undefined,
      ),
    addressesOf: (host) =>
      dns.lookup(host, { all: true }).then(
        (found) => found.map(({ address }) => address),
        () => [],
      ),
  };
}
