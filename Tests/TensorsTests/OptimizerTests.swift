import Tensors
import Testing

extension All {
  @Suite struct OptimizerTests {
    /// Adam's update written out for one number.
    @Test func adamFollowsItsFormula() {
      var parameters = ParameterSet<Double>([("w", Matrix([[0.7]]))])
      var adam = Adam<Double>(learningRate: 0.1, beta1: 0.8, beta2: 0.9, epsilon: 1e-3, weightDecay: 0.5)
      var (w, m, v) = (0.7, 0.0, 0.0)
      for (t, g) in [0.3, -0.2, 1.5].enumerated() {
        adam.step(&parameters, ParameterSet([("w", Matrix([[g]]))]))
        let gradient = g + 0.5 * w
        m = 0.8 * m + 0.2 * gradient
        v = 0.9 * v + 0.1 * gradient * gradient
        let (b1, b2) = ([0.8, 0.64, 0.512][t], [0.9, 0.81, 0.729][t])
        w -= 0.1 * (m / (1 - b1)) / ((v / (1 - b2)).squareRoot() + 1e-3)
        #expect(abs(parameters["w"][0, 0] - w) < 1e-12)
      }
    }

    @Test func adamAgreesOnEveryPath() {
      var draw = Draw(1)
      let start = ParameterSet([("w", draw.matrix(7, 9))])
      let gradients = (0..<3).map { _ in ParameterSet([("w", draw.matrix(7, 9))]) }
      func train<S: Scalar>(_ type: S.Type) -> Matrix<S> {
        var parameters = start.mapScalars(to: S.self)
        var adam = Adam<S>(learningRate: 0.01, weightDecay: 0.1)
        for gradient in gradients { adam.step(&parameters, gradient.mapScalars(to: S.self)) }
        return parameters["w"]
      }
      let reference = train(Double.self)
      onEveryPath { expectClose(train(Float.self), reference, 1e-6, $0) }
    }

    @Test func kMeansFindsSeparateClouds() {
      var draw = Draw(2)
      var points = draw.matrix(90, 3, scale: 0.1)
      for r in 0..<90 { points[r, r % 3] += 5 }
      let data = points.mapScalars(to: Float.self)
      let stream = RandomStream(seed: 1, purpose: .kMeans)
      let result = KMeans.fit(points: data, clusters: 3, stream: stream)
      for r in 3..<90 { #expect(result.assignment[r] == result.assignment[r % 3]) }
      #expect(Set(result.assignment).count == 3)
      #expect(result.objective < 90 * 3 * 0.1 * 0.1 * 2)
      #expect(
        KMeans.nearest(data.selectingRows([4]), result.centroids).assignment == [result.assignment[4]])
      #expect(
        result == KMeans.fit(points: data, clusters: 3, stream: stream), "the same stream, the same bytes")
      let sampled = KMeans.fit(points: data, clusters: 3, maximumPointsPerCentroid: 10, stream: stream)
      #expect(sampled.assignment.count == 90)
    }

    @Test func whatIsNotFiniteIsInfinitelyFar() {
      let points = Matrix<Float>([[.nan, 0], [1, 0], [0, 3]])
      let found = KMeans.nearest(points, Matrix<Float>([[0, 1], [2, 0]]))
      #expect(found.assignment == [0, 1, 0])
      #expect(found.squaredDistances == [.infinity, 1, 4])
    }

    @Test func kMeansFillsEmptyClusters() {
      // Four points on two places: with four centres two would stay empty.
      let points = Matrix<Float>([[0], [0], [9], [9]])
      let result = KMeans.fit(points: points, clusters: 4, stream: RandomStream(seed: 1, purpose: .kMeans))
      #expect(result.objective == 0)
      #expect(result.centroids.allFinite)
    }
  }
}
