/**
 * ONNX files, the part of them that a graph of plain operators needs: messages and field numbers from
 * onnx.proto3 (https://github.com/onnx/onnx), encoded by protobufjs.
 */
import protobuf from 'protobufjs';

const SCHEMA = `
syntax = "proto3";
message AttributeProto {
  string name = 1; float f = 2; int64 i = 3; repeated int64 ints = 8; int32 type = 20;
}
message NodeProto {
  repeated string input = 1; repeated string output = 2; string op_type = 4; repeated AttributeProto attribute = 5;
}
message TensorProto { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
message Dimension { int64 dim_value = 1; }
message TensorShapeProto { repeated Dimension dim = 1; }
message TensorTypeProto { int32 elem_type = 1; TensorShapeProto shape = 2; }
message TypeProto { TensorTypeProto tensor_type = 1; }
message ValueInfoProto { string name = 1; TypeProto type = 2; }
message GraphProto {
  repeated NodeProto node = 1; string name = 2; repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12;
}
message OperatorSetIdProto { int64 version = 2; }
message ModelProto {
  int64 ir_version = 1; string producer_name = 2; GraphProto graph = 7; repeated OperatorSetIdProto opset_import = 8;
}
`;

const ModelProto = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('ModelProto');

/** TensorProto.DataType */
export enum DataType {
  Float = 1,
  Int8 = 3,
  Int64 = 7,
  Bool = 9,
}

/** AttributeProto.AttributeType */
enum AttributeType {
  Float = 1,
  Int = 2,
  Ints = 7,
}

const IR_VERSION = 8;
const OPERATOR_SET = 17;

/** A number is an integer attribute; `{ float }` and lists are what they look like. */
export type Attributes = Record<string, number | { float: number } | number[]>;

/** A graph that grows node by node; values are known by name. */
export class OnnxGraph {
  readonly #nodes: object[] = [];
  readonly #initializers: object[] = [];
  readonly #inputs: object[] = [];
  readonly #outputs: object[] = [];
  #names = 0;

  input(name: string, type: DataType, shape: number[]): string {
    this.#inputs.push(valueInfo(name, type, shape));
    return name;
  }

  output(value: string, name: string, shape: number[]): void {
    this.#nodes.push({ op_type: 'Identity', input: [value], output: [name] });
    this.#outputs.push(valueInfo(name, DataType.Float, shape));
  }

  constant(values: Float32Array | Int8Array | BigInt64Array, shape: number[]): string {
    const type =
      values instanceof Float32Array
        ? DataType.Float
        : values instanceof Int8Array
          ? DataType.Int8
          : DataType.Int64;
    return this.#initializer(values, type, shape);
  }

  /** One byte an element, 0 or 1. */
  booleans(values: boolean[], shape: number[]): string {
    return this.#initializer(Uint8Array.from(values, Number), DataType.Bool, shape);
  }

  /** Whole numbers, for operators that take a shape or axes. */
  numbers(values: number[]): string {
    return this.constant(BigInt64Array.from(values, BigInt), [values.length]);
  }

  node(op_type: string, input: string[], attributes: Attributes = {}): string {
    return this.nodes(op_type, input, 1, attributes)[0];
  }

  /** An operator of several outputs. */
  nodes(op_type: string, input: string[], outputs: number, attributes: Attributes = {}): string[] {
    const output = Array.from({ length: outputs }, () => this.#name(op_type));
    const attribute = Object.entries(attributes).map(([name, value]) => {
      if (typeof value === 'number') return { name, i: value, type: AttributeType.Int };
      if (Array.isArray(value)) return { name, ints: value, type: AttributeType.Ints };
      return { name, f: value.float, type: AttributeType.Float };
    });
    this.#nodes.push({ op_type, input, output, attribute });
    return output;
  }

  /** The model file's bytes. */
  encode(): Uint8Array {
    const model = {
      ir_version: IR_VERSION,
      producer_name: 'beexformer',
      opset_import: [{ version: OPERATOR_SET }],
      graph: {
        name: 'twin',
        node: this.#nodes,
        initializer: this.#initializers,
        input: this.#inputs,
        output: this.#outputs,
      },
    };
    return ModelProto.encode(model).finish();
  }

  #initializer(values: ArrayBufferView, data_type: DataType, shape: number[]): string {
    const name = this.#name('constant');
    const raw_data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#initializers.push({ name, dims: shape, data_type, raw_data });
    return name;
  }

  #name(prefix: string): string {
    this.#names++;
    return `${prefix}_${this.#names}`;
  }
}

function valueInfo(name: string, elem_type: DataType, shape: number[]): object {
  const dim = shape.map((dim_value) => ({ dim_value }));
  return { name, type: { tensor_type: { elem_type, shape: { dim } } } };
}
