import { Waits } from '../../core/timings/waits';
import type { StageTimes } from '../../core/timings/record';
import type { HostData } from '../hostData';
import { Pieces } from './pieces';

/** What the host sends of an archive, and how long that was waited for, and not for what is made of it here. */
export class Arriving {
  readonly bytes: Pieces;
  private readonly waits = new Waits<'unpack' | 'decompress' | 'download'>('unpack', {
    decompress: 'unpack',
    download: 'decompress',
  });

  constructor(data: HostData) {
    this.bytes = new Pieces(this.waits.each('download', data.receive()));
  }

  /** What is made of them before it is unpacked: while nobody needs more of that, nobody waits for the host either. */
  decompressed(source: AsyncIterable<Buffer>): Pieces {
    return new Pieces(this.waits.each('decompress', source));
  }

  stages(): StageTimes {
    const unpack = this.waits.of('unpack') + this.waits.of('decompress');
    return { download: this.waits.of('download'), unpack };
  }
}
