import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { startObjectStorage } from '../../../scripts/testbed/object-storage.mjs';
import { ObjectStorage } from '../../../src/destinations/s3';

const bucket = 'bench';

/** A real object storage on this machine, with its content in memory. */
export interface BenchStorage extends AsyncDisposable {
  destination: ObjectStorage;
  /** `rclone rcat` of a file to an object of the same bucket. */
  rcat(file: string, name: string): Promise<void>;
}

/** Undefined where the packages are not there. */
export async function openStorage(): Promise<BenchStorage | undefined> {
  const run = promisify(execFile);
  const isThere = (program: string) => run('sh', ['-c', `command -v ${program}`]);
  const found = await Promise.all(['rclone', 'radosgw', 'ceph-mon', 'ceph-osd'].map(isThere)).catch(() => undefined);
  if (!found) return undefined;
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 's3-'));
  const gateway = await startObjectStorage(folder);
  const keys = await gateway.addUser('bench');
  const { endpoint } = gateway;
  const s3 = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: keys });
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const env = { ...process.env, ...rcloneSettings(endpoint, keys) };
  const destination = new ObjectStorage({ bucket, endpoint, pathStyle: true, ...keys });
  // The SDK is read when it is first needed, once in the life of an extension host.
  for await (const { name: unexpected } of destination.list(new AbortController().signal)) throw new Error(unexpected);
  return {
    destination,
    async rcat(file, name) {
      const child = execFile('rclone', ['rcat', `bench:${bucket}/${name}`], { env });
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), child.stdin!);
      if ((await ended) !== 0) throw new Error('rclone rcat has failed');
    },
    async [Symbol.asyncDispose]() {
      s3.destroy();
      await gateway.stop();
      await fs.rm(folder, { recursive: true });
    },
  };
}

function rcloneSettings(
  endpoint: string,
  { accessKeyId, secretAccessKey }: { accessKeyId: string; secretAccessKey: string },
) {
  return {
    AWS_CA_BUNDLE: '', // some clients refuse a bundle of others
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_BENCH_TYPE: 's3',
    RCLONE_CONFIG_BENCH_PROVIDER: 'Ceph',
    RCLONE_CONFIG_BENCH_ENDPOINT: endpoint,
    RCLONE_CONFIG_BENCH_ACCESS_KEY_ID: accessKeyId,
    RCLONE_CONFIG_BENCH_SECRET_ACCESS_KEY: secretAccessKey,
  };
}
