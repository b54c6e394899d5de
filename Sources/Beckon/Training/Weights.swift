/// Reads trained weights into a model.
public enum Weights {
  /// The tensors of a safetensors file under the names and shapes of a model.
  ///
  /// Tensors that the model does not have are left aside.
  ///
  /// - Throws: `Problem` that names the tensor, its expected and its found shape.
  public static func load(_ url: URL, into model: ParameterSet<Float>, file: String) throws -> ParameterSet<Float> {
    let tensors = try Safetensors.read(url.path(percentEncoded: false))
    var result = model
    for name in model.names {
      let expected = model[name]
      guard let tensor = tensors[name] else {
        throw Problem("", "\(file): \(name): the tensor is missing; the model has it with shape \(shape(expected)).")
      }
      let isVector = tensor.shape.count == 1 && expected.rows == 1 && tensor.shape[0] == expected.columns
      guard isVector || tensor.shape == [expected.rows, expected.columns] else {
        throw Problem("", "\(file): \(name): expected shape \(shape(expected)), found \(tensor.shape).")
      }
      let values = try tensor.floats()
      guard values.allSatisfy(\.isFinite) else {
        throw Problem("", "\(file): \(name): holds a value that is not finite.")
      }
      result[name] = Matrix(rows: expected.rows, columns: expected.columns, values: values)
    }
    return result
  }

  private static func shape(_ matrix: Matrix<Float>) -> [Int] {
    matrix.rows == 1 ? [matrix.columns] : [matrix.rows, matrix.columns]
  }
}
