import type { LoadModel, PortableModel } from '../../portable/portable_model.js';
import { answerOf, openModel, type FromWorker, type ToWorker } from './answers.js';

/** Opens a model and answers questions, as the messages come. @param embedded what opens models, where it is here */
export function answerMessages(embedded?: LoadModel): void {
  let opened: PortableModel | undefined;
  addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
    void answer(data).then((message) => {
      postMessage(message);
    });
  });

  async function answer(message: ToWorker): Promise<FromWorker> {
    try {
      if ('open' in message) {
        opened = await openModel(message.open, embedded);
        return { classes: opened.classes };
      }
      if (opened === undefined) throw new Error('The model is opened first.');
      return { answer: answerOf(opened, message.question) };
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  }
}
