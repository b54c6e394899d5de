/// The science: every algorithm of Beckon, one folder each.
///
/// A folder `Alpha` holds `AlphaPlugin.swift`, which declares `enum AlphaPlugin: Plugin`. The build finds the
/// folders by itself; the other half of this type is generated.
public enum BundledPlugins {}
