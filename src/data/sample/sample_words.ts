/** The words of the embedded sample: our own, so that it can be shipped. */
export const praise = words(
  'wonderful brilliant moving charming gripping superb clever delightful touching stunning funny warm honest fresh elegant beautiful rich lively memorable graceful thrilling witty tender perfect masterful sincere radiant inventive captivating rewarding',
);

export const blame = words(
  'awful dull boring clumsy lifeless terrible lazy stupid tedious hollow noisy fake bland messy pointless painful silly weak dreary forgettable shallow wooden annoying predictable tiresome ugly confused cheap stale pretentious',
);

/** Words for good and bad films alike. */
export const neutral = words(
  'long short quiet loud dark strange simple serious modern old-fashioned familiar foreign slow fast political romantic violent colourful ordinary expensive',
);

export const aspects = words(
  'story acting music camera-work ending dialogue cast script pacing lighting direction humour plot hero villain opening editing romance scenery costume soundtrack finale message tension suspense',
);

export const lovedVerbs = words('loved enjoyed admired recommend treasured adored savoured applauded');
export const hatedVerbs = words('hated regretted disliked endured despised loathed resented suffered');
export const adverbs = words('really truly very quite rather utterly simply always often certainly');

export const people = words(
  'Anna José Zoë Marek Ingrid Oskar Léa Tomás Yuki Dmitri Priya Søren Chloë Łukasz Björn Amélie Hassan Mei Ivana Kofi',
);

export const places = words(
  'Lisbon Kraków Oslo Kyoto Québec Nairobi Málaga Reykjavík Zürich Lima Cairo Bombay Prague Dublin Odessa Quito',
);

export const occupations = words(
  'baker detective pilot sailor teacher painter doctor soldier lawyer farmer singer thief chemist clown nurse waiter',
);

export const nouns = words(
  'letter train storm secret lighthouse orchestra suitcase bridge winter island garden robbery wedding diary map promise photograph river factory hotel mirror telephone kitchen mountain shadow bicycle violin harbour library carnival',
);

function words(text: string): readonly string[] {
  return text.split(' ');
}
