/** Puts a model into an app of one's own; here the app asks itself, as a client would ask it. */
import fastify from 'fastify';
import { TextClassifier, createService } from 'imdb-torch';

using classifier = await TextClassifier.open('runs/demo');
const app = fastify();
await app.register(createService(classifier), { prefix: '/films' });
const answer = await app.inject({ method: 'POST', url: '/films/predict', payload: { text: 'A small, perfect film.' } });
console.log(answer.statusCode, answer.json<{ label: string }>().label);
await app.close();
