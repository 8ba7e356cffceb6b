import type { ImageProblem } from '../core/failure';

export interface PullProblem {
  why: ImageProblem;
  reason: string;
}

/** In the order in which they are looked for: an engine that cannot reach a registry says much besides. */
const kinds: [ImageProblem, RegExp][] = [
  [
    'unreachable',
    /dial |lookup |no such host|connection re(fused|set)|time[d-]? ?out|deadline|unreachable|stopped answering|\btls\b|x509|certificate|\beof\b|proxyconnect|server gave http response|pinging container registry/i,
  ],
  ['denied', /denied|unauthorized|authentication|forbidden|credentials|login/i],
  ['notFound', /not found|unknown|does not exist|no such image|no matching manifest/i],
];

/** What an engine's words about a pull that failed come to. Docker and Podman pass on what registries and networks say. */
export function pullProblem(image: string, words: string): PullProblem {
  const about = words.replaceAll(image, '');
  const why = kinds.find(([, pattern]) => pattern.test(about))?.[0] ?? 'notPulled';
  return { why, reason: words };
}
