import { close, flag, hasCode, openAt, openBeneath } from './libc';

/** The kernel's PATH_MAX is 4096 with the zero byte; longer paths are opened in several steps. */
const stepBytes = 4000;

/** Opens a folder below another one. A symlink on the way is ELOOP or ENOTDIR; nothing leads above `from`. */
export function openFolderBelow(from: number, path: string): number {
  let handle = from;
  for (const step of stepsOf(path)) {
    const parent = handle;
    try {
      handle = openStep(parent, step);
    } finally {
      if (parent !== from) close(parent);
    }
  }
  return handle;
}

/** A manifest that says otherwise would lead out of the tree. */
export function checkedComponent(name: string): string {
  if (name === '' || name === '.' || name === '..') throw new Error(`not a name in a folder: '${name}'`);
  return name;
}

/** Whether the kernel opens several names in one step without following symlinks; else it is one name a step. */
let manyNamesAStep = true;

function* stepsOf(path: string): Generator<string> {
  let step = '';
  for (const name of path.split('/')) {
    checkedComponent(name);
    if (step !== '' && (!manyNamesAStep || step.length + name.length > stepBytes)) {
      yield step;
      step = '';
    }
    step = step === '' ? name : `${step}/${name}`;
  }
  yield step;
}

function openStep(from: number, step: string): number {
  if (!step.includes('/')) return withoutAtime((flags) => openAt(from, step, flags));
  try {
    return withoutAtime((flags) => openBeneath(from, step, flags));
  } catch (error) {
    // Linux before 5.6, or a seccomp profile from before it.
    if (!hasCode(error, 'ENOSYS', 'EPERM') || !manyNamesAStep) throw error;
    manyNamesAStep = false;
    return openFolderBelow(from, step);
  }
}

const folderFlags = flag.readOnly | flag.folder | flag.noFollow;

/** Reading must not move access times; where that is not allowed (not our file), reading comes first. */
function withoutAtime(open: (flags: number) => number): number {
  try {
    return open(folderFlags | flag.noAtime);
  } catch (error) {
    if (!hasCode(error, 'EPERM')) throw error;
    return open(folderFlags);
  }
}
