import type { VolumeSize } from '../agentProtocol';
import type { Host, Run } from './run';
import { ask } from './ask';
import { openHelper } from './openHelper';

/** Counts one volume's files and bytes. Takes no lock: it only reads, and a size may be a little out of date. */
export async function computeSize(host: Host, volume: string, run: Run): Promise<VolumeSize> {
  const spec = await host.engine.inspectVolume(volume, run.signal);
  await using helper = await openHelper(
    host.engine,
    { operation: 'size', volume: { spec, readOnly: true }, store: false },
    run,
  );
  const size = await ask(helper, 'volume.size', {}, run);
  run.count({ filesSkipped: size.files, bytesSkipped: size.bytes });
  await helper.finish();
  return size;
}
