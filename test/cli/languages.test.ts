import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PythonRandom } from '../../src/data/numbers/python_random.js';
import { explainText } from '../../src/portable/explanation.js';
import { TextClassifier } from '../../src/model/text_classifier.js';
import type { TrainDocument } from '../../src/storage/run_document.js';
import { withTemporaryFolder } from '../helpers.js';
import { runCli } from './helpers.js';

interface Language {
  name: string;
  good: readonly string[];
  bad: readonly string[];
  /** Says nothing about the class. */
  filler: readonly string[];
  blank: string;
}

function language(name: string, good: string, bad: string, filler: string, blank = ' '): Language {
  return { name, good: good.split(' '), bad: bad.split(' '), filler: filler.split(' '), blank };
}

/** Where there are no blanks, no single letter tells the classes apart: not liking is made of liking. */
const languages = [
  language('Hindi', 'अच्छी बढ़िया सुन्दर', 'ख़राब बेकार घटिया', 'फ़िल्म कहानी हिन्दी में थी और'),
  language('Chinese', '喜欢 不错 好看', '不喜欢 错了 不好看', '这部电影 我觉得 演员 故事 很多人 昨天', ''),
  language('Japanese', '楽しい 悪くない 好きだ', '楽しくない 悪い 好きじゃない', '映画は 昨日 俳優の とても 物語', ''),
  language('Thai', 'สนุก ไม่แย่ น่าดู', 'ไม่สนุก แย่ ไม่น่าดู', 'หนังเรื่องนี้ นักแสดง เมื่อวาน ฉันคิดว่า น้ำ', ''),
  language('Korean', '좋았어요 재미있다 훌륭해', '나빴어요 재미없다 지루해', '영화가 배우는 어제 정말 이야기'),
  language('Arabic', 'جَيِّد رائع ممتاز', 'سَيِّئ ممل ضعيف', 'الفيلم القصة كان الممثل أمس'),
  language('Greek', 'ΚΑΛΌΣ υπέροχος ωραίος', 'ΚΑΚΌΣ βαρετός άθλιος', 'η ταινία ήταν ο ηθοποιός χθες'),
  language('German', 'schön großartig hübsch', 'öde übel scheußlich', 'der Film wäre für Schüler gewöhnlich'),
  language('French', 'j’adore génial l’été', 'j’déteste raté l’échec', 'c’était le film d’hier qu’on a vu'),
];

const training = ['--epochs', '20', '--batch', '16', '--lr', '0.02'];

/** The texts of both classes by turns, composed or not. */
function rowsOf({ good, bad, filler, blank }: Language): { text: string; label: string }[] {
  const random = new PythonRandom(1);
  return Array.from({ length: 240 }, (_, k) => {
    const [label, words] = k % 2 === 0 ? (['good', good] as const) : (['bad', bad] as const);
    const pick = (from: readonly string[]): string => from[random.below(from.length)] ?? '';
    const text = [pick(filler), pick(filler), pick(words), pick(filler)].join(blank);
    return { text: text.normalize(k % 3 === 0 ? 'NFD' : 'NFC'), label };
  });
}

test.each(languages)(
  'when texts are $name then the classes are told apart, however the texts are composed',
  async (given) => {
    await withTemporaryFolder(async (folder) => {
      const rows = rowsOf(given);
      const csv = ['text,label', ...rows.map(({ text, label }) => `${text},${label}`), ''].join('\n');
      await writeFile(join(folder, 'reviews.csv'), csv);
      const options = ['--preset', 'fast', '--tokenizer', 'unicode', '--ngrams', '1', '--min-count', '1'];
      const trained = await runCli(
        ['train', '--data', 'reviews.csv', ...options, ...training, '--json', '--out', 'run'],
        { cwd: folder },
      );
      const document = JSON.parse(trained.stdout) as TrainDocument;
      expect(document.test.accuracy).toBe(1);

      using classifier = await TextClassifier.open(join(folder, 'run'));
      expect(classifier.featurizer.options).toMatchObject({ tokenizer: 'unicode', ngrams: 1 });
      const composed = rows.map(({ text }) => text.normalize('NFC'));
      const predictions = classifier.predict(composed);
      expect(predictions.map(({ label }) => label)).toEqual(rows.map(({ label }) => label));
      expect(classifier.predict(composed.map((text) => text.normalize('NFD')))).toEqual(predictions);
      const input = `${composed[0] ?? ''}\n${composed[0]?.normalize('NFD') ?? ''}\n`;
      const predicted = await runCli(['predict', 'run', '-'], { cwd: folder, input });
      const [one, other] = predicted.stdout.trim().split('\n');
      expect(predicted.code).toBe(0);
      expect(one).toContain(predictions[0]?.label);
      expect(other).toBe(one);

      const [{ text } = { text: '' }] = rows;
      const spans = explainText(classifier, text).words.flatMap((word) => word.spans);
      spans.sort((a, b) => a.start - b.start);
      const shown = spans.map(({ start, end }) => text.slice(start, end)).join('');
      expect(shown).toBe(text.replaceAll(' ', ''));
    });
  },
);
