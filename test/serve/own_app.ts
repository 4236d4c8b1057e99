import { TextClassifier } from '../../src/model/text_classifier.js';
import { withTemporaryFolder } from '../helpers.js';
import { writeSmallRun } from '../model/helpers.js';

/** Runs `use` with a classifier whose run has an adapter with classes of its own, which is not in use. */
export async function withClassifier(use: (classifier: TextClassifier, run: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder, { adapter: true, adapterClasses: ['mild', 'strong'] });
    using classifier = await TextClassifier.open(path, { adapter: 'off' });
    await use(classifier, path);
  });
}
