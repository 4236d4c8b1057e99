import { ImdbTorchError, TextClassifier } from 'imdb-torch';
import { readSafetensors } from 'imdb-torch/safetensors';

test('when the package is used then it answers', async () => {
  const classifier = await TextClassifier.open('../run');
  expect(classifier.predict(['A wonderful, brilliant film.'])).toMatchObject([{ label: 'pos' }]);
  classifier.dispose();
  const { tensors } = await readSafetensors('../run/model.safetensors');
  expect([...tensors.keys()].sort()).toEqual(['fc1.bias', 'fc1.weight', 'fc2.bias', 'fc2.weight']);
});

test('when there is no run then the error is one of the package', async () => {
  const error = await TextClassifier.open('nowhere').catch((error) => error);
  expect(error).toBeInstanceOf(ImdbTorchError);
  expect(error).toMatchObject({ code: 'ERR_RUN' });
});
