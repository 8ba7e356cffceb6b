/** How much of everything the reference volume holds, and how much of it one change touches. */
export interface Size {
  /** A project: many small files. Bytes are of all of them together. */
  small: { files: number; bytes: number };
  /** A database: few large files. */
  large: { files: number; bytes: number };
  change: {
    /** Small files rewritten, removed and added. */
    rewritten: number;
    removed: number;
    added: number;
    /** Large files are changed in place until they are this many bytes together. */
    largeBytes: number;
  };
  /** Bytes of text the content is cut from. */
  pool: number;
}

const MB = 1_000_000;

/** `full` is the volume of docs/performance.md; the others are for trying things out, and for the smoke test. */
export const sizes = {
  smoke: {
    small: { files: 200, bytes: 3 * MB },
    large: { files: 3, bytes: 6 * MB },
    change: { rewritten: 4, removed: 1, added: 1, largeBytes: 1 },
    pool: 2 * MB,
  },
  small: {
    small: { files: 2_000, bytes: 30 * MB },
    large: { files: 13, bytes: 58 * MB },
    change: { rewritten: 18, removed: 2, added: 2, largeBytes: 3 * MB },
    pool: 16 * MB,
  },
  full: {
    small: { files: 20_000, bytes: 300 * MB },
    large: { files: 130, bytes: 586 * MB },
    change: { rewritten: 180, removed: 20, added: 20, largeBytes: 28 * MB },
    pool: 48 * MB,
  },
} satisfies Record<string, Size>;

export type SizeName = keyof typeof sizes;

/** Databases of which an app is frozen while it writes. */
export interface FreezeSize {
  name: '0.1 GB' | '1 GB' | '10 GB';
  bytes: number;
}

const freezeSize = (name: FreezeSize['name'], bytes: number): FreezeSize => ({ name, bytes });

/** Of a volume whose backup shows what the host needs for one. */
export const largeBackupBytes: Record<SizeName, number> = { smoke: 20 * MB, small: 200 * MB, full: 5_000 * MB };

export const freezeSizes: Record<SizeName, readonly FreezeSize[]> = {
  smoke: [],
  small: [freezeSize('0.1 GB', 100 * MB)],
  full: [freezeSize('0.1 GB', 100 * MB), freezeSize('1 GB', 1_000 * MB), freezeSize('10 GB', 10_000 * MB)],
};
