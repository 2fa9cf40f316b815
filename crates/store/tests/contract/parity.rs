//! Both databases have the same tables with the same columns.

use crate::bed::Bed;

#[test]
fn tables_and_columns_are_the_same() {
    let Some(server) = Bed::postgres() else { return };
    let file = Bed::file();
    let tables = [&file, &server].map(|bed| {
        drop(bed.open());
        let mut raw = bed.raw();
        let tables = raw.tables();
        let described = |table: &String| (table.clone(), raw.columns(table));
        tables.iter().map(described).collect::<Vec<_>>()
    });
    assert!(tables[0].len() > 20);
    assert_eq!(tables[0], tables[1]);
}
