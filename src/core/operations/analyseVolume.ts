import type { Analysis } from '../analysis/analysis';
import { ask } from './ask';
import { openHelper } from './openHelper';
import type { Host, Run } from './run';

export interface AnalyseRequest {
  volume: string;
  /** Without one, the volume as it is now. */
  snapshot?: string;
  /** The snapshot that it is compared with. */
  since?: string;
}

/** What a volume is made of. Only reads, and takes no lock: a snapshot that is deleted meanwhile is a damaged one. */
export async function analyseVolume(host: Host, request: AnalyseRequest, run: Run): Promise<Analysis> {
  const { volume, snapshot } = request;
  const spec = snapshot === undefined ? await host.engine.inspectVolume(volume, run.signal) : undefined;
  await using helper = await openHelper(
    host.engine,
    { operation: 'analyse', ...(spec && { volume: { spec, readOnly: true } }), store: true },
    run,
  );
  const analysis = await ask(helper, 'volume.analyse', { ...request, at: new Date().toISOString() }, run);
  run.count({ filesSkipped: analysis.files, bytesSkipped: analysis.bytes });
  await helper.finish();
  return analysis;
}
