/** What binding.d.ts declares, read with the TypeScript compiler. */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export interface Parameter {
  name: string;
  optional: boolean;
  /** Of an options object: its properties; null for every other type. */
  fields: readonly Field[] | null;
}

export interface Field {
  name: string;
  optional: boolean;
}

export interface ClassContract {
  /** Null: the constructor is private. */
  construct: Parameter[] | null;
  statics: Record<string, Parameter[]>;
  methods: Record<string, Parameter[]>;
  getters: string[];
  setters: string[];
}

export interface Contract {
  classes: Record<string, ClassContract>;
  functions: Record<string, Parameter[]>;
}

const path = fileURLToPath(new URL('../../../binding.d.ts', import.meta.url));

export function readContract(): Contract {
  const lib = ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'];
  const program = ts.createProgram([path], { target: ts.ScriptTarget.ES2022, strict: true, types: [], lib });
  const source = program.getSourceFile(path);
  if (!source) throw new Error('Expected binding.d.ts to be readable');
  return new Reader(program.getTypeChecker(), source).read();
}

class Reader {
  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly source: ts.SourceFile,
  ) {}

  read(): Contract {
    const contract: Contract = { classes: {}, functions: {} };
    for (const statement of this.source.statements) {
      if (!has(statement, ts.SyntaxKind.ExportKeyword)) continue;
      if (ts.isClassDeclaration(statement) && statement.name) {
        contract.classes[statement.name.text] = this.classOf(statement);
      } else if (ts.isFunctionDeclaration(statement) && statement.name) {
        contract.functions[statement.name.text] = this.parametersOf(statement);
      } else if (!ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement)) {
        throw new Error(`Expected a class, function or type but binding.d.ts has: ${statement.getText()}`);
      }
    }
    return contract;
  }

  private classOf(declaration: ts.ClassDeclaration): ClassContract {
    const contract: ClassContract = { construct: [], statics: {}, methods: {}, getters: [], setters: [] };
    for (const member of declaration.members) {
      if (ts.isConstructorDeclaration(member)) {
        const isPrivate = has(member, ts.SyntaxKind.PrivateKeyword);
        contract.construct = isPrivate ? null : this.parametersOf(member);
      } else if (ts.isMethodDeclaration(member)) {
        const owner = has(member, ts.SyntaxKind.StaticKeyword) ? contract.statics : contract.methods;
        owner[member.name.getText()] = this.parametersOf(member);
      } else if (ts.isPropertyDeclaration(member)) {
        const isReadonly = has(member, ts.SyntaxKind.ReadonlyKeyword);
        (isReadonly ? contract.getters : contract.setters).push(member.name.getText());
      } else {
        throw new Error(`Expected a constructor, method or property but found: ${member.getText()}`);
      }
    }
    return contract;
  }

  private parametersOf({ parameters }: ts.SignatureDeclaration): Parameter[] {
    return parameters.map((parameter) => {
      const type = this.checker.getNonNullableType(this.checker.getTypeAtLocation(parameter));
      const optional = parameter.questionToken !== undefined;
      return { name: parameter.name.getText(), optional, fields: this.fieldsOf(type) };
    });
  }

  /** The properties of an object type that this file declares, of a union those of any of its types. */
  private fieldsOf(type: ts.Type): Field[] | null {
    const types = type.isUnion() ? type.types : [type];
    if (!types.every((one) => this.isOptionsObject(one))) return null;
    const fields = new Map<string, Field>();
    for (const property of types.flatMap((one) => this.checker.getPropertiesOfType(one))) {
      const isEverywhere = types.every((one) => one.getProperty(property.name));
      const optional = !isEverywhere || (property.flags & ts.SymbolFlags.Optional) !== 0;
      fields.set(property.name, { name: property.name, optional });
    }
    return [...fields.values()];
  }

  private isOptionsObject(type: ts.Type): boolean {
    if (type.isIntersection()) return type.types.every((one) => this.isOptionsObject(one));
    // Not so of primitive types, whatever the types say.
    const declarations = (type.symbol as ts.Symbol | undefined)?.declarations ?? [];
    return declarations.some(
      (declaration) =>
        declaration.getSourceFile() === this.source &&
        (ts.isInterfaceDeclaration(declaration) || ts.isTypeLiteralNode(declaration)),
    );
  }
}

function has(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === kind);
}
