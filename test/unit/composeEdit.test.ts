import assert from 'node:assert/strict';
import { withVolume } from '../../src/features/persist/composeEdit';

const data = { service: 'db', key: 'db-data', path: '/var/lib/postgresql/data' };

describe('a volume for a service of a Compose file', () => {
  const kept: [what: string, before: string, after: string][] = [
    [
      'is added where there was none, and comments, order and quotes stay',
      `# the shop
services:
  web:
    image: "web:1" # pinned
    ports: ["80:80", '81:81']

  db: # the database
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: '\${SECRET}'

networks:
  default: {}
`,
      `# the shop
services:
  web:
    image: "web:1" # pinned
    ports: ["80:80", '81:81']

  db: # the database
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: '\${SECRET}'
    volumes:
      - db-data:/var/lib/postgresql/data

networks:
  default: {}
volumes:
  db-data:
`,
    ],
    [
      'is added to those that there are',
      'services:\n  db:\n    volumes:\n    - ./init:/init:ro\n    # last\n    - logs:/logs\nvolumes:\n  logs:\n',
      'services:\n  db:\n    volumes:\n    - ./init:/init:ro\n    # last\n    - logs:/logs\n    - db-data:/var/lib/postgresql/data\nvolumes:\n  logs:\n  db-data:\n',
    ],
    [
      'is added where the service is the last thing in the file',
      'services:\n  db:\n    image: x # last',
      'services:\n  db:\n    image: x # last\n    volumes:\n      - db-data:/var/lib/postgresql/data\nvolumes:\n  db-data:',
    ],
    [
      'takes the place of an anonymous one, and of one in the long form',
      'services:\n  db:\n    volumes:\n      - /var/lib/postgresql/data\nvolumes:\n',
      'services:\n  db:\n    volumes:\n      - db-data:/var/lib/postgresql/data\nvolumes:\n  db-data:\n',
    ],
  ];
  for (const [what, before, after] of kept) it(what, () => assert.equal(withVolume(before, data), after));

  it('is added to a file that is JSON', () => {
    const before = { services: { db: { image: 'x', volumes: [{ type: 'volume', target: data.path }] } } };
    const after = withVolume(JSON.stringify(before), data)!;
    assert.deepEqual(JSON.parse(after), {
      services: { db: { image: 'x', volumes: ['db-data:/var/lib/postgresql/data'] } },
      volumes: { 'db-data': null },
    });
  });

  it('has its own name where Compose would not make that of the project and the key', () => {
    assert.match(withVolume('services:\n  db: {}\n', { ...data, name: 'mine' }) ?? '', /db-data:\n {4}name: mine\n/);
  });

  const left: [string, string][] = [
    ['does not say what the service is', 'services:\n  web:\n    image: x\n'],
    ['says it by an alias', 'x: &x\n  image: y\nservices:\n  db: *x\n'],
    ['has its volumes of an alias', 'x: &v [a:/a]\nservices:\n  db:\n    volumes: *v\n'],
    ['may merge other volumes into it', 'x: &x { volumes: [a:/a] }\nservices:\n  db:\n    <<: *x\n'],
    ['has a volume of this name', 'services:\n  db: {}\nvolumes:\n  db-data:\n'],
    ['is broken', 'services:\n  db: [\n'],
    ['is none', 'just text'],
  ];
  for (const [what, text] of left)
    it(`is not added to a file that ${what}`, () => assert.equal(withVolume(text, data), undefined));
});
