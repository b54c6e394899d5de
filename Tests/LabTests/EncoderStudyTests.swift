import Beckon
import Testing

@testable import Lab

/// Guidance runs over encoders of every kind: tied tables, recurrent states, distributions.
struct EncoderStudyTests {
  @Test(arguments: [
    #"{"type": "sasrec-original", "hiddenSize": 6, "heads": 2"#,
    #"{"type": "bsarec", "hiddenSize": 6, "innerSize": 6, "layers": 1, "heads": 2"#,
    #"{"type": "icsrec", "hiddenSize": 6, "innerSize": 6, "layers": 1, "heads": 2, "intentCount": 2"#,
    #"{"type": "gru4rec", "hiddenSize": 6, "embeddingSize": 4"#,
    #"{"type": "mstein", "hiddenSize": 6, "innerSize": 6"#,
    #"{"type": "mstein", "preset": "official", "hiddenSize": 6, "innerSize": 6"#,
  ])
  func guidanceRunsOver(encoder: String) throws {
    let run = try Bench().run(
      """
      {"encoder": \(encoder), "maximumLength": 6, "training": {"epochs": 2, "batchSize": 16}},
       "seeds": [1],
       "variants": {
         "preference": {"scorer": "preference"}, "ipg": {"scorer": "ipg"},
         "itmprec": {"scorer": {"type": "itmprec", "lambda": 1}}, "random": {"scorer": "random"}}}
      """)
    #expect(run.results.runs.map(\.variant) == ["preference", "ipg", "itmprec", "random"])
    var shown: [String: Double] = [:]
    for result in run.results.runs {
      for name in ["hr@3", "ioi@3", "ior@3", "ioi-over-twin@3"] {
        let value = try #require(result.record.metric(name), "\(result.variant): \(name)")
        #expect(value.isFinite)
        if name == "ioi-over-twin@3" { shown[result.variant] = value }
      }
    }
    // The twin is shown what `preference` shows, and nobody else is.
    #expect(shown["preference"] == 0)
    for other in ["ipg", "itmprec", "random"] { #expect(shown[other] != 0, "\(other)") }
  }
}
