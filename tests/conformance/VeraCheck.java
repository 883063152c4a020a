import java.io.File;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.logging.LogManager;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.RuleId;

/**
 * Has veraPDF validate files, all in one start of the Java machine.
 *
 * <p>{@code java -cp JARS VeraCheck.java 3a,ua1 FILE...} prints lines of tab-separated file, flavour
 * and finding. A finding is {@code clause-test: message @ place}, {@code error: ...} when the file
 * could not be validated, or, as the last line of a file and flavour, {@code done}.
 */
public final class VeraCheck {
    private static final int FINDINGS_A_RULE = 1;

    public static void main(String[] arguments) {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        for (int index = 1; index < arguments.length; index++) {
            for (String flavour : arguments[0].split(",")) {
                for (String finding : findings(new File(arguments[index]), flavour)) {
                    System.out.println(
                            String.join("\t", arguments[index], flavour, finding.replaceAll("\\s+", " ")));
                }
                System.out.println(String.join("\t", arguments[index], flavour, "done"));
            }
        }
    }

    private static Set<String> findings(File file, String name) {
        PDFAFlavour flavour = PDFAFlavour.byFlavourId(name);
        Set<String> found = new LinkedHashSet<>();
        if (flavour == PDFAFlavour.NO_FLAVOUR) {
            throw new IllegalArgumentException("veraPDF knows no flavour " + name);
        }
        try (PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour);
                PDFAValidator validator =
                        Foundries.defaultInstance()
                                .createValidator(flavour, FINDINGS_A_RULE, false, true, false)) {
            ValidationResult result = validator.validate(parser);
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    found.add(line(assertion));
                }
            }
            if (found.isEmpty() && !result.isCompliant()) {
                found.add("error: not compliant, and veraPDF does not say why");
            }
        } catch (Exception error) {
            found.add("error: " + error);
        }
        return found;
    }

    private static String line(TestAssertion assertion) {
        RuleId rule = assertion.getRuleId();
        String message = assertion.getErrorMessage();
        return String.format(
                "%s-%d: %s @ %s",
                rule.getClause(),
                rule.getTestNumber(),
                message != null ? message : assertion.getMessage(),
                assertion.getLocation().getContext());
    }
}
