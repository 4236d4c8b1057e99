/** What the name of a file says of it. Only what is no text by its name is told apart from texts. */
export type FileKind = 'text' | 'table' | 'json' | 'other';

const tables = 'csv tsv tab jsonl ndjson parquet';
const others = [
  'arrow feather avro orc xls xlsx ods db sqlite sqlite3 sql h5 hdf5 npy npz pkl pickle pt pth bin safetensors onnx',
  'py pyc ipynb r rmd js mjs cjs ts jsx tsx sh bash bat ps1 c cc cpp h hpp java class jar go rs rb php pl lua scala',
  'swift kt cs css scss map wasm so dll exe o a yml yaml toml ini cfg conf lock',
  'zip gz tgz bz2 tbz2 xz zst lz4 7z rar tar iso dmg bak orig tmp swp part crdownload',
  'png jpg jpeg gif bmp tif tiff webp svg ico heic psd mp3 wav flac ogg m4a mp4 mkv avi mov webm',
  'pdf doc docx ppt pptx odt odp epub mobi rtf djvu',
].join(' ');
const kinds = new Map<string, FileKind>([
  ...tables.split(' ').map((extension) => [extension, 'table'] as const),
  ...others.split(' ').map((extension) => [extension, 'other'] as const),
  ['json', 'json'],
]);

/** Files that speak of a data set; `cmds` lies in the folders of SpamAssassin's corpus. */
const aboutData =
  /^(?:read_?me|licen[cs]e|copying|citation|changelog|notice|cmds|(?:md5|sha1|sha256)sums?)(?:\.(?:md|txt|rst|html?|cff))?$/i;
const jsonAboutData = /^(?:dataset_(?:infos?|dict)|state|package(?:-lock)?|tsconfig|config|metadata)\.json$/i;
/** What systems and programs leave in folders. */
const ofSystem =
  /^(?:\.|~\$|__macosx$|__pycache__$|node_modules$|thumbs\.db$|ehthumbs\.db$|desktop\.ini$|\$recycle\.bin$|lost\+found$|icon\r$)|~$/i;

/** Tells names that are passed over without a word: hidden files, and what systems leave. */
export function isOfSystem(name: string): boolean {
  return ofSystem.test(name);
}

/** Returns the extension in lower case, without the dot; the empty string for none, as of `51060` or `00001.7c53336b`. */
export function extensionOf(name: string): string {
  const extension = /[^.]\.([^.]*)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return kinds.has(extension) || /^[a-z][a-z0-9_-]{0,9}$/.test(extension) ? extension : '';
}

export function kindOf(name: string): FileKind {
  if (aboutData.test(name) || jsonAboutData.test(name)) return 'other';
  const extension = extensionOf(name);
  const own = kinds.get(extension) ?? 'text';
  if (extension !== 'gz') return own;
  const inner = kindOf(name.slice(0, -3));
  return inner === 'table' || inner === 'json' ? inner : 'other';
}

/** Returns the extensions that tell formats apart: `csv` for `a.csv.gz` too. */
export function formatExtension(name: string): string {
  return extensionOf(name.replace(/\.gz$/i, ''));
}
