// Operations that choose, join or summarise rows.
extension Tape {
  /// The rows of x with the given numbers, in that order; a row may be taken several times.
  public func rows(_ x: Var<S>, _ indices: [Int]) -> Var<S> {
    let index = indices.map { Int32($0) }
    checkRows(index, of: x, "rows")
    return record(x.value.selectingRows(indices), from: [x]) { tape, gradient in
      tape.scatter(gradient, nil, index, to: x)
    }
  }

  /// Matrices of equal width under one another.
  public func concatRows(_ parts: [Var<S>]) -> Var<S> {
    let columns = parts.first?.columns ?? 0
    precondition(parts.allSatisfy { $0.columns == columns }, "concatRows: the widths differ.")
    let rows = parts.reduce(0) { $0 + $1.rows }
    let value = Matrix<S>(rows: rows, columns: columns, values: parts.flatMap(\.value.values))
    return record(value, from: parts) { tape, gradient in
      var start = 0
      for part in parts {
        let slice = gradient.values[start..<start + part.value.count]
        var piece = Matrix<S>(rows: part.rows, columns: columns, values: Array(slice))
        tape.contribute(to: part, &piece)
        start += part.value.count
      }
    }
  }

  /// Matrices of equal height side by side.
  public func concatColumns(_ parts: [Var<S>]) -> Var<S> {
    let rows = parts.first?.rows ?? 0
    precondition(parts.allSatisfy { $0.rows == rows }, "concatColumns: the heights differ.")
    let columns = parts.reduce(0) { $0 + $1.columns }
    let value = Matrix<S>(rows: rows, columns: columns) { y in
      var start = 0
      for part in parts {
        copyBlock(part.value, rows: rows, columns: part.columns, to: y + start, stride: columns)
        start += part.columns
      }
    }
    return record(value, from: parts) { tape, gradient in
      var start = 0
      for part in parts {
        var piece = Matrix<S>(rows: rows, columns: part.columns) { out in
          gradient.withPointer { g in
            for r in 0..<rows {
              copyElements(part.columns, from: g + r * columns + start, to: out + r * part.columns)
            }
          }
        }
        tape.contribute(to: part, &piece)
        start += part.columns
      }
    }
  }

  /// The mean of the rows `offsets[s] ..< offsets[s + 1]` for each s; zeros for an empty segment.
  ///
  /// - Parameters:
  ///   - x: `[rows, d]`.
  ///   - offsets: `[segments + 1]`, ascending from 0 to the rows of x.
  /// - Returns: `[segments, d]`.
  public func segmentMean(_ x: Var<S>, _ offsets: [Int]) -> Var<S> {
    let segments = offsets.count - 1
    let d = x.columns
    precondition(offsets.last == x.rows && segments >= 0, "segmentMean: offsets must end at \(x.rows).")
    let value = Matrix<S>(rows: segments, columns: d) { y in
      fillWithZeros(y, segments * d)
      x.value.withPointer { x in
        for s in 0..<segments where offsets[s] < offsets[s + 1] {
          let n = offsets[s + 1] - offsets[s]
          S.Kernels.addColumnSums(rows: n, columns: d, x + offsets[s] * d, stride: d, to: y + s * d)
          S.Kernels.scale(d, 1 / S(n), y + s * d, into: y + s * d)
        }
      }
    }
    return record(value, from: [x]) { tape, gradient in
      var spread = Matrix<S>(rows: x.rows, columns: d) { out in
        gradient.withPointer { g in
          for s in 0..<segments {
            for r in offsets[s]..<offsets[s + 1] {
              S.Kernels.scale(d, 1 / S(offsets[s + 1] - offsets[s]), g + s * d, into: out + r * d)
            }
          }
        }
      }
      tape.contribute(to: x, &spread)
    }
  }

  /// A dense copy with sequences at the right: slot j of sequence s is its token j − (length − tokens of s), and
  /// zeros where there is none. Of a sequence longer than `length` the last tokens are taken.
  ///
  /// - Returns: `[sequences, length·d]`.
  public func padded(_ x: Var<S>, layout: RaggedLayout, length: Int) -> Var<S> {
    precondition(x.rows == layout.tokens, "padded: x has \(x.rows) rows, the layout \(layout.tokens).")
    let d = x.columns
    let blocks = (0..<layout.sequences).map { s in
      let n = min(length, layout.length(of: s))
      return (from: (layout.offsets[s + 1] - n) * d, to: ((s + 1) * length - n) * d, count: n * d)
    }
    let value = Matrix<S>(rows: layout.sequences, columns: length * d) { y in
      fillWithZeros(y, layout.sequences * length * d)
      x.value.withPointer { x in
        for block in blocks { copyElements(block.count, from: x + block.from, to: y + block.to) }
      }
    }
    return record(value, from: [x]) { tape, gradient in
      gradient.withPointer { g in
        tape.contributeAdding(to: x) { out in
          for block in blocks {
            S.Kernels.add(block.count, out + block.from, g + block.to, into: out + block.from)
          }
        }
      }
    }
  }

  /// Rows divided by their Euclidean lengths. A zero row stays zero and gets no gradient.
  public func normalizeRows(_ x: Var<S>) -> Var<S> {
    let d = x.columns
    let inverse = x.value.inverseRowNorms()
    let value = x.value.scaledRows(by: inverse)
    return record(value, from: [x]) { tape, gradient in
      let rows = gradient.rows
      gradient.withMutablePointer { g in
        value.withPointer { y in
          inverse.withPointer {
            S.Kernels.normalizeRowsBackward(rows: rows, columns: d, y, inverse: $0, g, into: g)
          }
        }
      }
      tape.contribute(to: x, &gradient)
    }
  }

  /// The dot product of each row of a with the same row of b: `[rows, 1]`.
  public func rowDots(_ a: Var<S>, _ b: Var<S>) -> Var<S> {
    precondition(a.rows == b.rows && a.columns == b.columns, "rowDots: the shapes differ.")
    let (rows, d) = (a.rows, a.columns)
    let value = Matrix<S>(rows: rows, columns: 1) { out in
      a.value.withPointer { a in
        b.value.withPointer { S.Kernels.rowDots(rows: rows, columns: d, a, $0, into: out) }
      }
    }
    return record(value, from: [a, b]) { tape, gradient in
      for (target, other) in [(a, b), (b, a)] where target.slot != nil {
        var product = Matrix<S>(rows: rows, columns: d) { out in
          other.value.withPointer { x in
            gradient.withPointer { S.Kernels.scaleRows(rows: rows, columns: d, x, by: $0, into: out) }
          }
        }
        tape.contribute(to: target, &product)
      }
    }
  }

  /// Your own operation.
  ///
  /// ```swift
  /// // y = x², element by element
  /// let y = tape.custom([x], output: Matrix(rows: x.rows, columns: x.columns,
  ///   values: x.value.values.map { $0 * $0 })
  /// ) { gradient, inputs in
  ///   [Matrix(rows: gradient.rows, columns: gradient.columns,
  ///     values: zip(gradient.values, inputs[0].values).map { 2 * $0 * $1 })]
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - inputs: what the output depends on.
  ///   - output: its value.
  ///   - backward: from the gradient of the output and the values of the inputs to the gradient of each input;
  ///     nil where there is none.
  public func custom(
    _ inputs: [Var<S>], output: Matrix<S>,
    backward: @escaping (Matrix<S>, [Matrix<S>]) -> [Matrix<S>?]
  ) -> Var<S> {
    record(output, from: inputs) { tape, gradient in
      let derived = backward(gradient, inputs.map(\.value))
      precondition(derived.count == inputs.count, "custom: backward must return a gradient for each input.")
      for (input, part) in Swift.zip(inputs, derived) {
        guard var part else { continue }
        precondition(
          part.rows == input.rows && part.columns == input.columns,
          "custom: a gradient is \(part.rows)×\(part.columns) but its input \(input.rows)×\(input.columns).")
        tape.contribute(to: input, &part)
      }
    }
  }
}

private func copyBlock<S: Scalar>(
  _ source: Matrix<S>, rows: Int, columns: Int, to target: UnsafeMutablePointer<S>, stride: Int
) {
  source.withPointer { x in
    for r in 0..<rows { copyElements(columns, from: x + r * columns, to: target + r * stride) }
  }
}
