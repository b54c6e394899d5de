import Beckon
import Testing

@testable import Lab

/// Recommenders that see the target or plan ahead, through a whole study.
struct PlannerStudyTests {
  @Test func plannersPlayWholeStudies() throws {
    let irn = """
      {"type": "irn", "hiddenSize": 6, "innerSize": 6, "layers": 2, "heads": 2, "maximumLength": 6,
       "training": {"epochs": 2, "batchSize": 16}
      """
    let run = try Bench().run(
      """
      {"encoder": \(irn)}, "arousal": "fixed", "seeds": [1], "metrics": ["sr", "sr-clicked", "hr", "ioi"],
       "intents": null, "twin": "preference", "targetSelector": {"type": "random", "count": 3},
       "task": {"rounds": 12, "cutoffs": [1, 6, 12]},
       "variants": {
         "path": {"scorer": "path"},
         "anew": {"scorer": "preference"},
         "legacy": {"task": {"padding": "right"}, "encoder": \(irn), "legacy": true, "initialItems": "embeddings"},
           "scorer": {"type": "path", "preset": "legacy"}},
         "ipg": {"scorer": "ipg"},
         "rec2inf": {"scorer": {"type": "rec2inf", "count": 5}},
         "pf2inf": {"scorer": {"type": "pf2inf", "method": "spanning-tree"}},
         "alpha": {"scorer": {"type": "towards-target", "alpha": 2}}}}
      """)
    #expect(run.results.runs.count == 7)
    for result in run.results.runs {
      let rates = [1, 6, 12].compactMap { result.record.metric("sr@\($0)") }
      #expect(rates.count == 3 && rates == rates.sorted() && rates.allSatisfy { (0...1).contains($0) })
      let clicked = try #require(result.record.metric("sr-clicked@12"))
      #expect(clicked <= rates[2], "\(result.variant)")
      #expect(result.record.metric("ioi@12")?.isFinite ?? false)
    }
    func reached(_ variant: String) throws -> Double {
      let result = try #require(run.results.runs.first { $0.variant == variant })
      return try #require(result.record.metric("sr@6"))
    }
    // In a dense graph of 30 items every way is short; a strong pull shows the target at once.
    #expect(try reached("pf2inf") > reached("anew"))
    #expect(try reached("rec2inf") > reached("anew"))
  }
}
