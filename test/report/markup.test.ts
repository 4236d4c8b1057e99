import { expect, test } from '@jest/globals';
import { html, Markup } from '../../src/report/html/markup.js';

test('when something is put into a template then it is escaped unless it is markup', () => {
  const inner = html`<i>${'<script>&"\''}</i>`;
  expect(html`<p title="${'"'}">${inner}${[1, new Markup('<br>'), [null, 'a']]}</p>`.text).toBe(
    '<p title="&quot;"><i>&lt;script&gt;&amp;&quot;&#39;</i>1<br>a</p>',
  );
});

test('when a text has characters that HTML forbids then they are replaced', () => {
  expect(html`${'a\u0000b\u001bc\ud800d\u0085e\tf\n😀'}`.text).toBe('a\ufffdb\ufffdc\ufffdd\ufffde\tf\n😀');
});
