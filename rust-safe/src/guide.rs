//! The guide: a chapter for each use of this crate. There is no code in here.

pub mod spawning {
    #![doc = include_str!("../docs/spawning.md")]
}

pub mod namespaces {
    #![doc = include_str!("../docs/namespaces.md")]
}

pub mod cgroups {
    #![doc = include_str!("../docs/cgroups.md")]
}

pub mod asynchronous {
    #![doc = include_str!("../docs/asynchronous.md")]
    #![cfg_attr(feature = "tokio", doc = include_str!("../docs/tokio.md"))]
}

pub mod forking {
    #![doc = include_str!("../docs/forking.md")]
}

pub mod migration {
    #![doc = include_str!("../docs/migration.md")]
}
