/**
 * This is a plugin of typedoc. The native classes are exported as constants (`src/model/native.ts`), which `@class` marks, and
 * described in binding.d.ts: the documented class gets the description from there, and mentions of the described class
 * link to it.
 */
import { Converter, ReflectionKind } from 'typedoc';

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    const symbol = context.getSymbolFromReflection(reflection);
    if (reflection.kind !== ReflectionKind.Class || symbol?.valueDeclaration === undefined) return;
    const described = context.checker.getTypeOfSymbol(symbol).symbol;
    if (described === symbol) return;
    reflection.comment = context.getComment(described, ReflectionKind.Class);
    context.registerReflection(reflection, described);
  });
}
