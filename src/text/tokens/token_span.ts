/** A token and where it stands in its text: the UTF-16 units from `start` to before `end`. */
export interface TokenSpan {
  start: number;
  end: number;
  token: string;
}
