import Beckon
import BundledPlugins

/// `beckon schema`.
enum SchemaCommand {
  static let command = Command(
    name: "schema", summary: "Prints a JSON Schema of specs, so that an editor completes and checks them.",
    details: """
      JSON Schema 2020-12, made from what is registered. With
        beckon schema > beckon.schema.json
      a spec names it by "$schema": "../beckon.schema.json". It knows keys, types, named values and
      defaults; 'beckon validate' also knows ranges, and what goes together.
      """,
    options: [CommonOptions.plugin],
    run: { call in
      let comments = try JSON(parsing: BundledPlugins.keyDocumentation)
      try call.terminal.output(SpecSchema(try call.registry(), comments: comments).json.pretty + "\n")
    })
}
