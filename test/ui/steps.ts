import { stage } from './stage';
import type { Row } from './testbed';

/** What several suites do the same way, in the words of the user interface. */

export const isSnapshot = ({ spoken }: Row): boolean => spoken.startsWith('Snapshot ');
export const isSafetySnapshot = ({ spoken }: Row): boolean => spoken.startsWith('Safety snapshot ');

/** Right-click → Snapshot; returns the row that appears under the volume. */
export async function takeSnapshot(volume: string): Promise<Row> {
  const { volumes, notifications } = stage.workbench;
  await volumes.chooseInMenu(volume, 'Snapshot');
  await notifications.waitFor(`Snapshot of ${volume} taken`);
  return volumes.child(volume, isSnapshot);
}

/** Right-click → Restore… → confirm; returns what the notification says at the end. */
export async function restore(snapshot: Row, volume: string): Promise<string> {
  const { workbench } = stage;
  await workbench.volumes.chooseInMenu(snapshot, 'Restore…');
  await workbench.dialogText();
  await workbench.pressInDialog('Restore');
  return workbench.notifications.waitFor(`${volume} restored`);
}

/** Every kind of thing that a file tree is made of. */
export const awkwardTree = `
mkdir -p shop/orders empty
for i in $(seq 200); do printf 'order %s' $i > shop/orders/$i; done
printf one > one; ln one shop/twin; ln -s ../one shop/link; ln -s nowhere dangling
mkfifo pipe
printf x > "$(printf 'new\\nline')"; printf x > "$(printf '\\377\\376')"; printf x > '-rf'; printf x > 'Größe 价格'
head -c 3000000 /dev/urandom > big; chown 1234:4321 big; touch -d '1999-12-31 23:59:59.123456789' big
truncate -s 40M sparse; printf end >> sparse
setfattr -n user.note -v hello one; setfacl -m u:7:r shop
chmod 2751 shop; chmod 0 empty; touch -d '2001-01-01 01:01:01.000000001' shop
`;

export const damage = `
rm -r shop/orders/1*; printf broken > big; rm -f -- pipe -rf dangling; mkdir dangling
printf two > one; chmod 777 shop; setfattr -x user.note one; printf new > added; chmod 700 .
`;
