/** What the page of an exported model is told beside the model. */
export interface PageFacts {
  /** Whether the examples, which are reviews of films, are texts that the model was trained for. */
  readonly hasExamples: boolean;
}
