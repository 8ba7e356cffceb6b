import type { DatabaseKind } from '../database';

/**
 * What is done to a database before its container is paused. A pause alone gives a crash-consistent snapshot, from which
 * every one of them recovers all that it has acknowledged; a preset makes that recovery short, or brings to disk what
 * the database itself would have left in memory. None leaves a lock, so none has to be undone when we die.
 *
 * The scripts run in the container as its database's own user, over the local socket. Passwords are used where the image
 * has them, in variables that never leave the container.
 */
export interface Preset {
  when: 'prepare' | 'pre';
  /** For the container's shell; a constant, nothing is ever put into it. */
  script: string;
  /** The user of the container it runs as; the container's own when absent. */
  user?: string;
}

/**
 * A checkpoint, so that recovery has only the log since then to replay. Before the first pass, which then copies what it
 * writes while the app runs; right before the freeze, all of that would have to be copied while it stands still.
 *
 * Not pg_backup_start(): that is for copies that are not of one moment. It needs the `backup_label` that only
 * pg_backup_stop() returns, after the freeze, and all log files until then; without them a restored copy would begin its
 * recovery at the wrong place, or not at all (https://www.postgresql.org/docs/current/continuous-archiving.html).
 */
const postgresql: Preset = {
  when: 'prepare',
  // Peer authentication lets the system's `postgres` in, official images trust their socket.
  user: 'postgres',
  script: `
export PGPASSWORD="\${POSTGRES_PASSWORD-}" PGCONNECT_TIMEOUT=10
exec psql -X -w -q -v ON_ERROR_STOP=1 -U "\${POSTGRES_USER:-postgres}" -d postgres -c CHECKPOINT
`,
};

/** Statements by the client of MySQL or MariaDB, as its root: official images have a password, Debian asks who we are. */
const mysqlClient = (client: string, statements: string) => `
file="\${MARIADB_ROOT_PASSWORD_FILE:-\${MYSQL_ROOT_PASSWORD_FILE-}}"
password="\${MARIADB_ROOT_PASSWORD:-\${MYSQL_ROOT_PASSWORD-}}"
[ -n "$password" ] || [ -z "$file" ] || password="$(cat "$file")"
user=root
if [ -n "$password" ]; then export MYSQL_PWD="$password"; else user="$(id -un)"; fi
exec ${client} --user="$user" --connect-timeout=10 --execute='SET SESSION lock_wait_timeout = 10; ${statements}'
`;

/**
 * Brings the redo log to disk: with innodb_flush_log_at_trx_commit=0 the last second of commits is only in memory. LOCAL
 * keeps the statement out of the binary log.
 *
 * Not FLUSH TABLES WITH READ LOCK: a paused InnoDB needs no lock, and this one waits for the longest running query while
 * everybody else waits for it. Tables that are not transactional (MyISAM) want `stopped`.
 */
const mysql: Preset = { when: 'pre', script: mysqlClient('mysql', 'FLUSH LOCAL ENGINE LOGS') };

/**
 * Closes tables that are not transactional (MyISAM, some of Aria) and that nobody uses at the moment: a paused one would
 * have to be repaired. It lets everybody read and write, and ends with the session if we die. Nothing for InnoDB: here
 * FLUSH ENGINE LOGS brings nothing to disk with innodb_flush_log_at_trx_commit=0, and is not needed without it.
 */
const mariadb: Preset = {
  when: 'pre',
  script: mysqlClient('mariadb', 'BACKUP STAGE START; BACKUP STAGE FLUSH; BACKUP STAGE END'),
};

/**
 * A checkpoint, like PostgreSQL's. Not fsyncLock(): journal and data are in one volume or frozen together, and a lock
 * would outlive us (https://www.mongodb.com/docs/manual/tutorial/backup-with-filesystem-snapshots/).
 */
const mongodb: Preset = {
  when: 'prepare',
  script: `
exec mongosh --quiet --norc --eval '
  const { MONGO_INITDB_ROOT_USERNAME: user, MONGO_INITDB_ROOT_PASSWORD: password } = process.env;
  const admin = db.getSiblingDB("admin");
  if (user && password) admin.auth(user, password);
  admin.adminCommand({ fsync: 1 });
'
`,
};

/**
 * With an append-only file all that was acknowledged is in it. Without one, Redis has on disk what it held at its last
 * save, which may be an hour ago, so it saves now; unless it is told to keep nothing (\`save ""\`): then a file that nobody
 * wants would be read at its next start. A save that was under way began before we came, so it is not enough.
 */
const redis: Preset = {
  when: 'prepare',
  script: `
cli=redis-cli
command -v redis-cli > /dev/null || cli=valkey-cli
[ -z "\${REDIS_PASSWORD-}" ] || export REDISCLI_AUTH="$REDIS_PASSWORD"
state() { $cli INFO persistence; }
until_idle() {
  while case "$(state)" in *_in_progress:1*) ;; *) false ;; esac; do sleep 0.1; done
}
refused() { echo "$1"; exit 1; }
case "$(state)" in
  *aof_enabled:1*) ;;
  *aof_enabled:0*)
    if [ -n "$($cli CONFIG GET save | tail -n 1)" ]; then
      until_idle
      began="$($cli BGSAVE)"
      case "$began" in *started*) ;; *) refused "$began" ;; esac
      until_idle
      case "$(state)" in *rdb_last_bgsave_status:ok*) ;; *) refused "$(state)" ;; esac
    fi ;;
  *) refused "$(state)" ;;
esac
`,
};

export const presets: Record<DatabaseKind, Preset> = { postgresql, mysql, mariadb, mongodb, redis };
